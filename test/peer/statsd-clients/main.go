// Sends one counter for each environment on standard input, by datadog-go as it stands without an address. Prints by
// name what the client says itself: the transport that it chose, or its error.
package main

import (
	"encoding/json"
	"os"

	"github.com/DataDog/datadog-go/v5/statsd"
)

type environment struct {
	Name  string            `json:"name"`
	Clear []string          `json:"clear"`
	Env   map[string]string `json:"env"`
}

func main() {
	var cases []environment
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	said := map[string]map[string]string{}
	for _, one := range cases {
		name := one.Name + "_go"
		for _, key := range one.Clear {
			os.Unsetenv(key)
		}
		for key, value := range one.Env {
			os.Setenv(key, value)
		}
		client, err := statsd.New("", statsd.WithoutTelemetry(), statsd.WithoutOriginDetection())
		if err != nil {
			said[name] = map[string]string{"error": err.Error()}
			continue
		}
		if client.GetTransport() == "uds" {
			said[name] = map[string]string{"socket": os.Getenv("DD_DOGSTATSD_URL")}
			continue
		}
		if err := client.Count(name, 1, nil, 1); err != nil {
			said[name] = map[string]string{"error": err.Error()}
		}
		client.Close()
	}
	json.NewEncoder(os.Stdout).Encode(said)
}
