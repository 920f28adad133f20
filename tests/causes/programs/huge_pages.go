// A heap that was given back to the system, which then put huge pages in its place.
package main

import (
	"fmt"
	"runtime/debug"
	"syscall"
	"unsafe"
)

const (
	size         = 64 << 10
	count        = 320 * mib / size
	eachKept     = mib / size
	hugePage     = 2 * mib
	madvCollapse = 25
)

var kept [][]byte

func at(block []byte) uintptr { return uintptr(unsafe.Pointer(&block[0])) }

func main() {
	all := blocks(count, size)
	begin, end := at(all[0]), at(all[0])
	for _, block := range all {
		begin, end = min(begin, at(block)), max(end, at(block)+size)
	}
	begin, end = (begin+hugePage-1)&^(hugePage-1), end&^(hugePage-1)
	for i, block := range all {
		if i%eachKept == 0 {
			kept = append(kept, block)
		} else if at(block) >= begin && at(block)+size <= end {
			planted += size
		}
	}
	all = nil
	debug.FreeOSMemory()
	// What the kernel does by itself where it always uses huge pages: one page is enough for it.
	if _, _, err := syscall.Syscall(syscall.SYS_MADVISE, begin, end-begin, madvCollapse); err != 0 {
		fmt.Println("no huge pages:", err)
		return
	}
	returnedResident = planted
	answer(nil)
}
