#!/usr/bin/env bash
# The curl command of the relay's page, with base64 before it and jq after it.
set -euo pipefail
server=$1 sources=$2 target=$3

for source in "$sources"/*; do
  {
    printf '{"contents":[{"role":"user","parts":[{"text":"Make it blue."},{"inline_data":{"mime_type":"image/png","data":"'
    base64 <"$source" | tr -d '\n'
    printf '"}}]}],"generationConfig":{"responseModalities":["IMAGE"]}}'
  } |
    curl --silent --fail "${server}v1beta/models/gemini-2.5-flash-image:generateContent" \
      -H 'Authorization: Bearer key' -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- |
    jq -r '.candidates[0].content.parts[0].inlineData.data' |
    base64 --decode >"$target/$(basename "$source")"
done
