// istio-render CONFIG VALUES MESH: reads pods from standard input, one as JSON in each line, and writes each as Istio's
// injector leaves it, null where it refuses it. The arguments are files: `config` and `values` of the ConfigMap
// istio-sidecar-injector, and `mesh` of the ConfigMap istio. CONTRIBUTING.md says how to build and call it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/kube/inject"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	config := must(inject.UnmarshalConfig(must(os.ReadFile(os.Args[1]))))
	templates := must(inject.ParseTemplates(config.RawTemplates))
	values := must(inject.NewValuesConfig(string(must(os.ReadFile(os.Args[2])))))
	meshConfig := must(mesh.ApplyMeshConfigDefaults(string(must(os.ReadFile(os.Args[3])))))
	warn := func(text string) { fmt.Fprint(os.Stderr, text) }
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		out, err := inject.IntoObject(nil, templates, values, "", meshConfig, must(inject.FromRawToObject(lines.Bytes())), warn)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			fmt.Println("null")
			continue
		}
		fmt.Println(string(must(json.Marshal(out.(*corev1.Pod)))))
	}
}
