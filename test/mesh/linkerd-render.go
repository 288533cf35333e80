// linkerd-render: reads pods from standard input, one as JSON in each line, and writes the JSON Patch of Linkerd's
// proxy injector for each in one line, null where it leaves the pod. CONTRIBUTING.md says how to build and call it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/linkerd/linkerd2/pkg/charts/linkerd2"
	"github.com/linkerd/linkerd2/pkg/inject"
	corev1 "k8s.io/api/core/v1"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		values := must(linkerd2.NewValues())
		values.IdentityTrustAnchorsPEM = "anchors"
		conf := inject.NewResourceConfig(values, inject.OriginWebhook, "linkerd").WithKind("Pod").
			WithOwnerRetriever(func(*corev1.Pod) (string, string, error) { return "deployment", "app", nil })
		report := must(conf.ParseMetaAndYAML(lines.Bytes()))
		if ok, reasons := report.Injectable(); !ok {
			fmt.Fprintln(os.Stderr, reasons)
			fmt.Println("null")
			continue
		}
		var patch bytes.Buffer
		if err := json.Compact(&patch, must(conf.GetPodPatch(true, inject.GetOverriddenValues))); err != nil {
			panic(err)
		}
		fmt.Println(patch.String())
	}
}
