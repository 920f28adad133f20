// Prints its own figures whenever a line comes in, and does nothing in between.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

var kept [][]byte

func wait(blocked chan int) { <-blocked }

func grow() {
	for i := 0; i < 400; i++ {
		kept = append(kept, make([]byte, 50000+100*i))
	}
	for i := 0; i < 300; i++ {
		done := make(chan int)
		go func() { done <- i }()
		<-done
	}
	kept = kept[:150]
	runtime.GC()
}

func figures() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println(
		"heap_inuse_bytes", stats.HeapInuse,
		"heap_idle_bytes", stats.HeapIdle,
		"heap_released_bytes", stats.HeapReleased,
		"heap_goal_bytes", stats.NextGC,
		"stack_inuse_bytes", stats.StackInuse,
		"sys_bytes", stats.Sys,
		"total_alloc_bytes", stats.TotalAlloc,
		"gc_count", stats.NumGC,
		"gc_forced_count", stats.NumForcedGC,
		"pause_total_ns", stats.PauseTotalNs,
		"gc_percent", percent,
		"memory_limit_bytes", debug.SetMemoryLimit(-1),
		"procs", runtime.GOMAXPROCS(0),
		"goroutines", runtime.NumGoroutine(),
	)
}

var percent = 100

func main() {
	if text, ok := os.LookupEnv("GOGC"); ok {
		if percent, _ = strconv.Atoi(text); text == "off" {
			percent = -1
		}
	}
	blocked := make(chan int)
	for i := 0; i < 70; i++ {
		go wait(blocked)
	}
	for i := 0; i < 5; i++ {
		go time.Sleep(time.Hour)
	}
	grow()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		figures()
	}
}
