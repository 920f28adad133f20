// A live heap that takes up nearly all that GOMEMLIMIT allows, beside garbage at a constant rate.
package main

var kept [][]byte

func main() {
	planted = 208*mib + mib/2
	kept = blocks(int(planted/(64<<10)), 64<<10)
	answer(allocating(50, nil))
}
