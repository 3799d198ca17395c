/* The bytes of CAMEO_PRETRAINED (a safetensors file) as read-only data. */
    .section .rodata
    .global cameo_pretrained_begin
    .global cameo_pretrained_end
    .balign 64
cameo_pretrained_begin:
    .incbin CAMEO_PRETRAINED
cameo_pretrained_end:
#if defined(__linux__) && defined(__ELF__)
    .section .note.GNU-stack,"",%progbits
#endif
