// A live heap that stays as it is, and garbage beside it: what GOGC is about.
package main

import (
	"flag"
	"runtime"
	"sync"
	"time"
)

type node struct {
	left, right *node
	payload     [96]byte
}

func grow(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: grow(depth - 1), right: grow(depth - 1)}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return int(n.payload[0]) + n.left.sum() + n.right.sum()
}

var kept []*node

func main() {
	trees := flag.Int("trees", 8, "trees of 8192 nodes that stay: about a megabyte each")
	workers := flag.Int("workers", 2, "goroutines that allocate")
	mibPerS := flag.Float64("rate", 0, "MiB/s of garbage in all; 0 is as fast as it goes")
	cycles := flag.Uint("cycles", 220, "collections before it ends")
	flag.Parse()
	for i := 0; i < *trees; i++ {
		kept = append(kept, grow(12))
	}
	var done sync.WaitGroup
	for i := 0; i < *workers; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			allocate(*mibPerS/float64(*workers), uint32(*cycles))
		}()
	}
	done.Wait()
	runtime.KeepAlive(kept)
}

// allocate makes garbage in small trees, so much a second, until there were enough collections.
func allocate(mibPerS float64, cycles uint32) {
	const batch = 64
	tree := float64(1<<7) * 112 / (1 << 20)
	began, made := time.Now(), 0.0
	for {
		for i := 0; i < batch; i++ {
			grow(6).sum()
		}
		made += batch * tree
		if mibPerS > 0 {
			time.Sleep(time.Duration(made/mibPerS*float64(time.Second)) - time.Since(began))
		}
		var stats runtime.MemStats
		if int(made)%16 == 0 {
			runtime.ReadMemStats(&stats)
			if stats.NumGC >= cycles {
				return
			}
		}
	}
}
