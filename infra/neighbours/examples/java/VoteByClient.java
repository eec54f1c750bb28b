// SPDX-License-Identifier: Apache-2.0

import com.example.gateway.ApiException;
import com.example.gateway.model.CastVote202Response;
import com.example.gateway.model.CastVoteRequest;
import com.example.results.model.Receipt;
import com.example.results.model.Results;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Casts a vote by clients that were generated from both OpenAPI documents, asks for the verdict, and reads results that have it. Its
 * arguments: the gateway, the read side, the ballot's id, options. The voter's token is in VOTELOG_TOKEN.
 */
public final class VoteByClient {
    private VoteByClient() {}

    public static void main(String[] args) throws Exception {
        String ballot = args[2];
        List<String> choices = Arrays.asList(args).subList(3, args.length);
        com.example.gateway.ApiClient toGateway = new com.example.gateway.ApiClient();
        toGateway.updateBaseUri(args[0]);
        toGateway.setRequestInterceptor(
                request -> request.header("Authorization", "Bearer " + System.getenv("VOTELOG_TOKEN")));
        com.example.gateway.api.DefaultApi voter = new com.example.gateway.api.DefaultApi(toGateway);
        com.example.results.ApiClient toReadSide = new com.example.results.ApiClient();
        toReadSide.updateBaseUri(args[1]);
        com.example.results.api.DefaultApi reader = new com.example.results.api.DefaultApi(toReadSide);

        CastVote202Response vote = voter.castVote(ballot, new CastVoteRequest().choices(choices), null, null);
        System.out.printf("vote %s at %d@%d%n", vote.getVoteId(), vote.getPartition(), vote.getOffset());

        Receipt verdict = reader.getReceipt(ballot, vote.getReceipt(), vote.getOffset(), "wait=30");
        System.out.println("verdict " + verdict.getStatus());

        // Results have the vote as soon as its partition is counted beyond it.
        Results counted = reader.getResults(ballot, null, null);
        while (counted.getPositions().getOrDefault("" + vote.getPartition(), 0L) <= vote.getOffset()) {
            Thread.sleep(200);
            counted = reader.getResults(ballot, null, null);
        }
        System.out.printf("results %d %s%n", counted.getVersion(), votes(counted, choices));

        try {
            voter.castVote(ballot, new CastVoteRequest().choices(List.of()), null, null);
        } catch (ApiException e) {
            System.out.printf(
                    "refused %d %s%n",
                    e.getCode(),
                    new ObjectMapper().readTree(e.getResponseBody()).at("/violations/0/code").asText());
        }
    }

    private static String votes(Results results, List<String> choices) {
        return results.getSections().stream()
                .flatMap(section -> section.getOptions().stream())
                .filter(option -> choices.contains(option.getId()))
                .map(option -> option.getId() + "=" + option.getVotes())
                .collect(Collectors.joining(" "));
    }
}
