#!/bin/sh
# The curl line of the relay's page for gemini-2.5-flash-image, as it stands there; only the host is an argument.
# Usage: TOKAIFY_API_KEY=… edit.sh https://api.tokaify.com BASE64_IMAGE
set -eu
curl --silent --show-error "$1/v1beta/models/gemini-2.5-flash-image:generateContent" \
  -H "Authorization: Bearer $TOKAIFY_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "contents": [{
      "role": "user",
      "parts": [
        { "text": "Keep the person and clothing unchanged, and change the background to a seaside sunset." },
        { "inline_data": { "mime_type": "image/png", "data": "'"$2"'" } }
      ]
    }],
    "generationConfig": { "responseModalities": ["IMAGE"] }
  }'
