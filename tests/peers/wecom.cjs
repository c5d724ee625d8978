// Answers, line by line, what Tencent's own @wecom/crypto makes of a message: sealed, signed or opened.
const { createRequire } = require("module");
const { createInterface } = require("readline");

const crypto = createRequire(`${process.argv[2]}/package.json`)("@wecom/crypto");

const answers = {
  encrypt: ({ key, message, id }) => crypto.encrypt(key, message, id),
  sign: ({ token, timestamp, nonce, sealed }) => crypto.getSignature(token, timestamp, nonce, sealed),
  decrypt: ({ key, sealed }) => crypto.decrypt(key, sealed),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(answers[asked.act](asked)));
});
