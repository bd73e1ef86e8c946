// The official client as its README uses it: 1,000 lines a call, gzip, retries on.
//     NODE_PATH=FOLDER node client.js PORT FILE
const fs = require("fs");
const { client, v2 } = require("@datadog/datadog-api-client");

const [port, file] = process.argv.slice(2);
const configuration = client.createConfiguration({
  authMethods: { apiKeyAuth: "0123456789abcdef0123456789abcdef" },
  baseServer: new client.ServerConfiguration("http://127.0.0.1:" + port, {}),
  enableRetry: true,
});
const api = new v2.LogsApi(configuration);

async function run() {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  lines.pop();
  for (let i = 0; i < lines.length; i += 1000) {
    const body = lines.slice(i, i + 1000).map((message) => ({ ddsource: "bench", service: "web", message }));
    await api.submitLog({ body, contentEncoding: "gzip" });
  }
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
