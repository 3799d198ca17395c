/* Files of the report as read-only data: EMBED NAME FILE makes NAME_begin and NAME_end. */
    .macro EMBED name, file
    .global \name\()_begin
    .global \name\()_end
\name\()_begin:
    .incbin "\file"
\name\()_end:
    .endm

    .section .rodata
    EMBED cameo_report_html, CAMEO_REPORT_HTML
    EMBED cameo_report_css, CAMEO_REPORT_CSS
    EMBED cameo_report_js, CAMEO_REPORT_JS
#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
