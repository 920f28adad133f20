// A program that allocates in many ways, and then writes its own profiles into a folder:
//
//	heap FOLDER RATE
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	kept  [][]byte
	sink  any
	words = map[string][]int{}
)

type node struct {
	left, right *node
	weight      [10]int
}

type store struct{ parts [][]byte }

// Inlined into its callers.
func small() []byte { return make([]byte, 48) }

func twice() { kept = append(kept, small(), small()) }

//go:noinline
func big() { kept = append(kept, make([]byte, 3<<20)) }

//go:noinline
func tree(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

//go:noinline
func even(n int) [][]byte {
	if n == 0 {
		return nil
	}
	return append(odd(n-1), make([]byte, 100))
}

//go:noinline
func odd(n int) [][]byte {
	if n == 0 {
		return nil
	}
	return append(even(n-1), make([]byte, 200))
}

//go:noinline
func (s *store) Put(size int) { s.parts = append(s.parts, make([]byte, size)) }

//go:noinline
func (s store) Copy() store {
	return store{parts: append([][]byte(nil), s.parts...)}
}

type list[T any] struct{ items []T }

//go:noinline
func (l *list[T]) Push(item T) { l.items = append(l.items, item) }

//go:noinline
func repeated[T any](item T, count int) []T {
	found := make([]T, 0)
	for range make([]struct{}, count) {
		found = append(found, item)
	}
	return found
}

//go:noinline
func closures(count int) func() []byte {
	held := make([]byte, count)
	return func() []byte {
		return append([]byte(nil), held...)
	}
}

//go:noinline
func garbage() {
	for i := 0; i < 400; i++ {
		sink = make([]byte, 1000+i)
	}
	sink = nil
}

//go:noinline
func text(count int) {
	for i := 0; i < count; i++ {
		key := strings.Repeat("k", i%17) + strconv.Itoa(i)
		words[key] = append(words[key], i)
		sink = fmt.Sprintf("%s is %d", key, i)
	}
}

//go:noinline
func blocked(group *sync.WaitGroup, until chan int) {
	group.Done()
	<-until
}

//go:noinline
func work() {
	for i := 0; i < 200; i++ {
		twice()
	}
	big()
	kept = append(kept, even(40)...)
	sink = tree(11)
	trees = append(trees, sink)
	var all store
	for size := 1; size < 1<<16; size *= 3 {
		all.Put(size)
	}
	copied := all.Copy()
	kept = append(kept, copied.parts...)
	numbers.Push(1)
	names.Push("one")
	kept = append(kept, repeated(byte('x'), 5000))
	sink = repeated("text", 300)
	kept = append(kept, closures(9000)())
	garbage()
	text(500)
}

var (
	trees   []any
	numbers list[int]
	names   list[string]
)

func write(folder, name, profile string) {
	file, err := os.Create(filepath.Join(folder, name))
	if err == nil {
		err = pprof.Lookup(profile).WriteTo(file, 0)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		panic(err)
	}
}

//go:noinline
func busy(lasts time.Duration) {
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		sum := 0
		for i := 0; i < 1_000_000; i++ {
			sum += i % 7
		}
		sink = sum
	}
}

func writeCPU(path string) {
	file, err := os.Create(path)
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		panic(err)
	}
	pprof.Do(context.Background(), pprof.Labels("task", "busy"), func(context.Context) {
		busy(300 * time.Millisecond)
	})
	pprof.StopCPUProfile()
	if err := file.Close(); err != nil {
		panic(err)
	}
}

func main() {
	folder := os.Args[1]
	rate, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	if rate > 0 {
		runtime.MemProfileRate = rate
	}
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	work()
	runtime.GC()
	write(folder, "before.pb.gz", "heap")
	kept = kept[len(kept)/2:]
	for i := 0; i < 20; i++ {
		work()
	}
	until := make(chan int)
	var group sync.WaitGroup
	group.Add(30)
	for i := 0; i < 30; i++ {
		go blocked(&group, until)
	}
	group.Wait()
	runtime.GC()
	for _, name := range []string{"heap", "allocs", "goroutine", "threadcreate", "block", "mutex"} {
		write(folder, name+".pb.gz", name)
	}
	writeCPU(filepath.Join(folder, "cpu.pb.gz"))
}
