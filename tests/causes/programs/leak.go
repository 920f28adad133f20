// Keeps a little of all that it allocates.
package main

var kept [][]byte

func main() {
	planted = 24 * mib
	kept = blocks(24, mib)
	answer(allocating(100, func() {
		kept = append(kept, blocks(1, 64<<10)...)
		planted += 64 << 10
	}))
}
