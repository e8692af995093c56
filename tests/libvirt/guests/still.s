# A guest that does nothing any more: not even the timer wakes it.
        .code16
        .globl _start
_start:
        cli
        hlt
        jmp _start

        .org 510
        .word 0xaa55
