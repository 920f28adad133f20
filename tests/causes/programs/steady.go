// A live heap that stays as it is, beside garbage at a constant rate.
package main

import "runtime/debug"

var kept [][]byte

func main() {
	debug.SetGCPercent(50)
	planted = 80*mib + mib/2
	kept = blocks(int(planted/(64<<10)), 64<<10)
	answer(allocating(60, nil))
}
