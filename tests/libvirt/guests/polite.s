# A guest that idles, and powers off when its power button is pressed (virsh shutdown).
# The chipset of machine "pc" has its power management at port 0x600: status, then enable at +2,
# then control at +4.
        .code16
        .globl _start
_start:
        cli
        movw $0x602, %dx
        movw $0x0100, %ax       # let the button be noticed
        outw %ax, %dx
        sti
wait:
        hlt                     # the timer wakes us 18 times a second
        movw $0x600, %dx
        inw %dx, %ax
        testw $0x0100, %ax
        jz wait
        movw $0x604, %dx
        movw $0x2000, %ax       # soft off
        outw %ax, %dx
        jmp wait

        .org 510
        .word 0xaa55
