// A heap that was large once.
package main

import "runtime"

var kept [][]byte

func main() {
	kept = blocks(600, mib)
	planted = 600 * mib
	runtime.GC()
	kept = nil
	runtime.GC()
	answer(nil)
}
