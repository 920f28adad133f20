// A program that writes its heap profile as Go 1.0 to 1.7 did with debug=0: stacks of addresses.
// Behind it, what the runtime knows of each address, as the lines of a table.
//
//	old_profile PROFILE TABLE [maps]
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

type node struct {
	left, right *node
	weight      [20]int
}

type store struct{ parts [][]byte }

var (
	kept  [][]byte
	trees []*node
	all   store
)

func big() { kept = append(kept, make([]byte, 3<<20)) }

func tree(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

func (s *store) put(size int) { s.parts = append(s.parts, make([]byte, size)) }

func closure(size int) func() {
	return func() {
		kept = append(kept, make([]byte, size))
	}
}

func records() []runtime.MemProfileRecord {
	count, _ := runtime.MemProfile(nil, true)
	for {
		found := make([]runtime.MemProfileRecord, count+50)
		var ok bool
		if count, ok = runtime.MemProfile(found, true); ok {
			return found[:count]
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	runtime.MemProfileRate = 1024
	for i := 0; i < 3; i++ {
		big()
		trees = append(trees, tree(9))
		for size := 100; size < 1<<16; size *= 3 {
			all.put(size)
		}
		closure(5000)()
	}
	runtime.GC()
	runtime.GC()
	profile, table := &strings.Builder{}, &strings.Builder{}
	seen := map[uintptr]bool{}
	fmt.Fprintf(profile, "heap profile: 1: 2 [3: 4] @ heap/%d\n", 2*runtime.MemProfileRate)
	for _, record := range records() {
		fmt.Fprintf(profile, "%d: %d [%d: %d] @", record.InUseObjects(), record.InUseBytes(),
			record.AllocObjects, record.AllocBytes)
		for _, pc := range record.Stack() {
			fmt.Fprintf(profile, " %#x", pc)
			if seen[pc] {
				continue
			}
			seen[pc] = true
			frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			fmt.Fprintf(table, "%#x\t%s\t%s\t%d\n", pc, frame.Function, frame.File, frame.Line)
		}
		fmt.Fprintln(profile)
	}
	if len(os.Args) > 3 {
		maps, err := os.ReadFile("/proc/self/maps")
		check(err)
		fmt.Fprintf(profile, "\nMAPPED_LIBRARIES:\n%s", maps)
	}
	check(os.WriteFile(os.Args[1], []byte(profile.String()), 0o644))
	check(os.WriteFile(os.Args[2], []byte(table.String()), 0o644))
}
