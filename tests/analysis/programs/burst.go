// A burst of garbage beside a live heap, then nothing: what a collection makes due, and when.
//
// Every 100 ms it prints what runtime.ReadMemStats tells, one line of numbers: milliseconds,
// HeapInuse, HeapIdle, HeapReleased, HeapAlloc, NextGC, NumGC. Its last two collections come after
// the burst, three seconds apart; it ends when nothing more goes back to the OS.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

const chunk = 64 << 10

var began = time.Now()

func touched(mib int) [][]byte {
	chunks := make([][]byte, mib<<20/chunk)
	for i := range chunks {
		chunks[i] = make([]byte, chunk)
		for at := 0; at < chunk; at += 4096 {
			chunks[i][at] = 1
		}
	}
	return chunks
}

func look() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(time.Since(began).Milliseconds(), m.HeapInuse, m.HeapIdle, m.HeapReleased,
		m.HeapAlloc, m.NextGC, m.NumGC)
	return m.HeapReleased
}

func looks(count int) {
	for i := 0; i < count; i++ {
		time.Sleep(100 * time.Millisecond)
		look()
	}
}

func main() {
	debug.SetGCPercent(-1)
	live := touched(64)
	burst := touched(256)
	debug.SetGCPercent(1000)
	looks(2)
	runtime.KeepAlive(burst)
	burst = nil
	runtime.GC()
	looks(30)
	runtime.GC()
	released, still := look(), 0
	// It may take the scavenger seconds to begin, and it pauses in between.
	for i := 0; i < 400 && still < 50; i++ {
		looks(1)
		now := look()
		if still++; now > released || now < 128<<20 {
			still = 0
		}
		released = now
	}
	runtime.KeepAlive(live)
}
