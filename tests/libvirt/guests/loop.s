# A guest that resets itself through the keyboard controller as soon as it is up, for ever.
        .code16
        .globl _start
_start:
        movb $0xfe, %al
        outb %al, $0x64
        jmp _start

        .org 510
        .word 0xaa55
