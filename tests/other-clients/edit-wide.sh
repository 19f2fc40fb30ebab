#!/bin/sh
# The curl line of the relay's page for gemini-3.1-flash-image-preview, as it stands there; only the host is an argument.
# Usage: TOKAIFY_API_KEY=… edit-wide.sh https://api.tokaify.com BASE64_IMAGE
set -eu
curl --silent --show-error "$1/v1beta/models/gemini-3.1-flash-image-preview:generateContent" \
  -H "Authorization: Bearer $TOKAIFY_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "contents": [{
      "role": "user",
      "parts": [
        { "text": "Extend the image into a 21:9 banner, keep the main subject on the left, and leave title space on the right." },
        { "inline_data": { "mime_type": "image/png", "data": "'"$2"'" } }
      ]
    }],
    "generationConfig": {
      "responseModalities": ["IMAGE"],
      "imageConfig": { "aspectRatio": "21:9" }
    }
  }'
