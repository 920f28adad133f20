// Ten slices of 100 MB that nobody writes to, and that nobody needs any more.
package main

import "runtime"

var kept [][]byte

func main() {
	for i := 0; i < 10; i++ {
		kept = append(kept, make([]byte, 100_000_000))
	}
	planted, untouchedIdle = 1_000_000_000, 1_000_000_000
	runtime.GC()
	kept = nil
	runtime.GC()
	answer(nil)
}
