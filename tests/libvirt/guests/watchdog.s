# A guest that arms its watchdog (ib700, two seconds) and never feeds it.
        .code16
        .globl _start
_start:
        movb $14, %al           # index into the device's table of times
        movw $0x443, %dx
        outb %al, %dx
halt:
        hlt
        jmp halt

        .org 510
        .word 0xaa55
