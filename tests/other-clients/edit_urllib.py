# The request of edit.py with only the standard library, for a Python without the package "requests".
# Usage: TOKAIFY_API_KEY=… python3 edit_urllib.py https://api.tokaify.com BASE64_IMAGE
import json
import os
import sys
import urllib.request

request = urllib.request.Request(
    sys.argv[1] + "/v1beta/models/gemini-2.5-flash-image:generateContent",
    headers={
        "Authorization": "Bearer " + os.environ["TOKAIFY_API_KEY"],
        "Content-Type": "application/json",
    },
    data=json.dumps({
        "contents": [{"role": "user", "parts": [
            {"text": "Keep the person and clothing unchanged, and change the background to a seaside sunset."},
            {"inline_data": {"mime_type": "image/png", "data": sys.argv[2]}},
        ]}],
        "generationConfig": {"responseModalities": ["IMAGE"]},
    }).encode(),
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))
