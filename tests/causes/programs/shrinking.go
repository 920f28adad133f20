// A heap that was large once, and is given back when the program is first asked.
package main

import (
	"runtime"
	"runtime/debug"
)

var kept [][]byte

func main() {
	planted = 200 * mib
	kept = blocks(200, mib)
	runtime.GC()
	kept = nil
	runtime.GC()
	answer(debug.FreeOSMemory)
}
