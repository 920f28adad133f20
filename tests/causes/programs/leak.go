// Keeps a little of all that it allocates.
package main

import "runtime"

var kept [][]byte

func main() {
	planted = 24 * mib
	kept = blocks(24, mib)
	stop := allocating(100, func() {
		kept = append(kept, blocks(1, 64<<10)...)
		planted += 64 << 10
	})
	answer(func() {
		stop()
		// Only a mark tells what was kept from garbage.
		runtime.GC()
	})
}
