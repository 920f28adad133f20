// Small objects of which few are kept, so that hardly a span is free.
package main

import (
	"runtime"
	"runtime/debug"
)

const (
	size    = 1024
	perSpan = 8192 / size
	count   = 300 * mib / size
)

var kept [][]byte

func main() {
	percent := debug.SetGCPercent(-1)
	kept = make([][]byte, 0, count/perSpan)
	for i := 0; i < count; i++ {
		object := make([]byte, size)
		touch(object)
		if i%perSpan == 0 {
			kept = append(kept, object)
		}
	}
	planted = (count - count/perSpan) * size
	debug.SetGCPercent(percent)
	runtime.GC()
	runtime.GC()
	answer(nil)
}
