# A guest that writes 32 KiB blocks to its disk, one after the other, until the disk refuses.
        .code16
        .globl _start
_start:
        xorw %ax, %ax
        movw %ax, %ds
next:
        movw $request, %si
        movb $0x80, %dl         # the first hard disk
        movw $0x4300, %ax       # BIOS: extended write, without verifying
        int $0x13
        addl $64, sector
        jmp next

request:
        .byte 16, 0
        .word 64                # sectors
        .word 0x8000, 0x0000    # from here in memory
sector: .long 256, 0            # the first one, well behind this program

        .org 510
        .word 0xaa55
