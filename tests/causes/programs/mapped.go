// Memory that the program maps itself, and writes to.
package main

import (
	"runtime"
	"syscall"
)

var mapping []byte

func main() {
	planted = 300 * mib
	made, err := syscall.Mmap(-1, 0, int(planted), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	touch(made)
	mapping = made
	runtime.GC()
	answer(nil)
}
