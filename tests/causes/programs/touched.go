// Ten slices of 100 MB, written to.
package main

import "runtime"

var kept [][]byte

func main() {
	kept = blocks(10, 100_000_000)
	planted = 1_000_000_000
	runtime.GC()
	answer(nil)
}
