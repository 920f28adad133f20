// A slice that grew by append, and one of the same size that was made at once.
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

var grown, made []int64

func collect(count int) []int64 {
	var found []int64
	for i := 0; i < count; i++ {
		found = append(found, int64(i))
	}
	return found
}

func prepare(count int) []int64 {
	found := make([]int64, 0, count)
	for i := 0; i < count; i++ {
		found = append(found, int64(i))
	}
	return found
}

func main() {
	const count = 5 << 20
	grown, made = collect(count), prepare(count)
	runtime.GC()
	runtime.GC()
	pprof.Lookup("heap").WriteTo(os.Stdout, 0)
	os.Stderr.WriteString(itoa(8 * cap(grown)))
	runtime.KeepAlive(made)
}

func itoa(n int) string {
	digits := ""
	for ; n > 0; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return digits
}
