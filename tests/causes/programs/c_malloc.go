// Memory of C's malloc, written to.
package main

// #include <stdlib.h>
// #include <string.h>
// static void *filled(size_t size) { return memset(malloc(size), 1, size); }
import "C"

import (
	"runtime"
	"unsafe"
)

var kept []unsafe.Pointer

func main() {
	planted = 300 * mib
	for i := 0; i < 300; i++ {
		kept = append(kept, C.filled(mib))
	}
	runtime.GC()
	answer(nil)
}
