// Compiled into every program beside it: what the program knows of its own memory.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
)

const mib = 1 << 20

// Set with -ldflags: programs that were compiled with another version of this file are not these.
var edition string

var (
	planted          uint64 // what was put where the program's name says
	untouched        uint64 // what of the heap was never written to
	untouchedIdle    uint64 // what of the idle pages was never written to
	untouchedStacks  uint64 // what of the stacks was never written to
	returnedResident uint64 // what was given back and is resident still
)

func touch(block []byte) {
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
}

func blocks(count, size int) [][]byte {
	made := make([][]byte, count)
	for i := range made {
		made[i] = make([]byte, size)
		touch(made[i])
	}
	return made
}

// Says that all is in place, and tells the truth whenever a line comes in; stops at the first one.
func answer(stop func()) {
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if stop != nil {
			stop()
			stop = nil
		}
		tell()
	}
}

func tell() {
	marked := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(marked)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	json.NewEncoder(os.Stdout).Encode(map[string]uint64{
		"planted":           planted,
		"untouched":         untouched,
		"untouched_idle":    untouchedIdle,
		"untouched_stacks":  untouchedStacks,
		"returned_resident": returnedResident,
		"marked":            marked[0].Value.Uint64(),
		"heap_alloc":        stats.HeapAlloc,
		"heap_inuse":        stats.HeapInuse,
		"heap_idle":         stats.HeapIdle,
		"heap_released":     stats.HeapReleased,
		"heap_sys":          stats.HeapSys,
		"stack_inuse":       stats.StackInuse,
		"sys":               stats.Sys,
		"gc_count":          uint64(stats.NumGC),
		"goroutines":        uint64(runtime.NumGoroutine()),
	})
}
