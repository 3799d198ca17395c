/* Files of the library as read-only data: EMBED NAME FILE makes NAME_begin and NAME_end. */
    .macro EMBED name, file
    .global \name\()_begin
    .global \name\()_end
    .balign 64
\name\()_begin:
    .incbin "\file"
\name\()_end:
    .endm

    .section .rodata
    EMBED cameo_pretrained, CAMEO_PRETRAINED
    EMBED cameo_imagenet_classes, CAMEO_IMAGENET_CLASSES
#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
