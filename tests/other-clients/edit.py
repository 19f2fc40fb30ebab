# The Python example of the relay's page for gemini-2.5-flash-image, unchanged except that host, key and image are
# arguments. It prints a Python dict, not JSON, like the original.
# Usage: TOKAIFY_API_KEY=… python3 edit.py https://api.tokaify.com BASE64_IMAGE
import os
import sys

import requests

response = requests.post(
    sys.argv[1] + "/v1beta/models/gemini-2.5-flash-image:generateContent",
    headers={"Authorization": "Bearer " + os.environ["TOKAIFY_API_KEY"]},
    json={
        "contents": [{"role": "user", "parts": [
            {"text": "Keep the person and clothing unchanged, and change the background to a seaside sunset."},
            {"inline_data": {"mime_type": "image/png", "data": sys.argv[2]}},
        ]}],
        "generationConfig": {"responseModalities": ["IMAGE"]},
    },
)
print(response.json())
