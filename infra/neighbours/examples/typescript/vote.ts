// SPDX-License-Identifier: Apache-2.0
// Casts a vote by clients that were generated from both OpenAPI documents, asks for the verdict, and reads results that have it.
// node built/vote.js GATEWAY READ_SIDE BALLOT OPTION...; the voter's token is in VOTELOG_TOKEN.
import { setTimeout as pause } from "node:timers/promises";
import * as gateway from "./gateway/index.js";
import * as results from "./results/index.js";

const [gatewayUrl, readSideUrl, ballotId, ...choices] = process.argv.slice(2);
const voter = new gateway.DefaultApi(
  new gateway.Configuration({ basePath: gatewayUrl, accessToken: process.env.VOTELOG_TOKEN }),
);
const reader = new results.DefaultApi(new results.Configuration({ basePath: readSideUrl }));

const vote = await voter.castVote({ ballotId, castVoteRequest: { choices } });
console.log(`vote ${vote.voteId} at ${vote.partition}@${vote.offset}`);

const verdict = await reader.getReceipt({ ballotId, receipt: vote.receipt, offset: vote.offset, prefer: "wait=30" });
console.log(`verdict ${verdict.status}`);

// Results have the vote as soon as its partition is counted beyond it.
let counted = await reader.getResults({ ballotId });
while ((counted.positions[vote.partition] ?? 0) <= vote.offset) {
  await pause(200);
  counted = await reader.getResults({ ballotId });
}
const options = counted.sections.flatMap((section) => section.options);
console.log(`results ${counted.version} ${choices.map((id) => `${id}=${options.find((it) => it.id === id)?.votes}`).join(" ")}`);

try {
  await voter.castVote({ ballotId, castVoteRequest: { choices: [] } });
} catch (error) {
  if (!(error instanceof gateway.ResponseError)) {
    throw error;
  }
  console.log(`refused ${error.response.status} ${(await error.response.json()).violations[0].code}`);
}
