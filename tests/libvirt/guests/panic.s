# A guest whose kernel "panics" at once, told through the pvpanic device.
        .code16
        .globl _start
_start:
        movb $1, %al
        movw $0x505, %dx
        outb %al, %dx
halt:
        hlt
        jmp halt

        .org 510
        .word 0xaa55
