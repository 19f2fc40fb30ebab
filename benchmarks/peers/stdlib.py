import base64, http.client, json, pathlib, sys, urllib.parse

server, sources, target = sys.argv[1:4]
connection = http.client.HTTPConnection(urllib.parse.urlparse(server).netloc)
for source in sorted(pathlib.Path(sources).iterdir()):
    body = json.dumps({
        "contents": [{"role": "user", "parts": [
            {"text": "Make it blue."},
            {"inline_data": {"mime_type": "image/png", "data": base64.b64encode(source.read_bytes()).decode("ascii")}},
        ]}],
        "generationConfig": {"responseModalities": ["IMAGE"]},
    })
    connection.request(
        "POST", "/v1beta/models/gemini-2.5-flash-image:generateContent", body,
        {"Authorization": "Bearer key", "Content-Type": "application/json"})
    answer = json.load(connection.getresponse())
    data = answer["candidates"][0]["content"]["parts"][0]["inlineData"]["data"]
    (pathlib.Path(target) / source.name).write_bytes(base64.b64decode(data))
