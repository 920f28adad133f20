// A live heap of pointers that takes up nearly all that GOMEMLIMIT allows, beside garbage.
package main

type node struct {
	others [8]*node
}

const count = 226 * mib / 64

var kept []*node

func main() {
	nodes := make([]*node, 0, count/16)
	last := &node{}
	for i := 0; i < count; i++ {
		made := &node{}
		for j := range made.others {
			made.others[j] = last
		}
		last = made
		if i%16 == 0 {
			nodes = append(nodes, made)
		}
	}
	planted = count * 64
	kept = append(nodes, last)
	answer(allocating(60, nil))
}
