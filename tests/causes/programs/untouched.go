// Ten slices of 100 MB that nobody writes to.
package main

import "runtime"

var kept [][]byte

func main() {
	for i := 0; i < 10; i++ {
		kept = append(kept, make([]byte, 100_000_000))
	}
	planted, untouched = 1_000_000_000, 1_000_000_000
	runtime.GC()
	answer(nil)
}
