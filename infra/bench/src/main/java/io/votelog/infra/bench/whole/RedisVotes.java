// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Votes in Redis. The votes of one call go in by one run of a script, which nothing comes between: it keeps each vote under its
 * voter, unless the voter has one, and puts what the new ones pick, added up, on the counters.
 */
final class RedisVotes implements VoteStore {
    private static final String VOTES = "votes:1";
    private static final String COUNTERS = "counters:1";
    private static final String CAST =
            """
            local fresh, added, at = {}, {}, 1
            while at <= #ARGV do
              local first, last = at + 2, at + 1 + ARGV[at + 1]
              local new = redis.call('HSETNX', KEYS[1], ARGV[at], table.concat(ARGV, ',', first, last))
              if new == 1 then
                for i = first, last do
                  added[ARGV[i]] = (added[ARGV[i]] or 0) + 1
                end
              end
              fresh[#fresh + 1] = new
              at = last + 1
            end
            for option, votes in pairs(added) do
              redis.call('HINCRBY', KEYS[2], option, votes)
            end
            return fresh""";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String script;
    private final int options;
    private final boolean waits;

    /**
     * Connects.
     *
     * @param options of the ballot
     * @param waits for what Redis says before it takes more votes
     */
    RedisVotes(int port, int options, boolean waits) {
        this.options = options;
        this.waits = waits;
        client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        connection = client.connect();
        script = connection.sync().scriptLoad(CAST);
    }

    @Override
    public void prepare() {
        // A hash is there with its first field.
    }

    @Override
    public void cast(List<CastVote> votes) {
        List<String> values = new ArrayList<>();
        for (CastVote vote : votes) {
            values.add(vote.voter());
            values.add(Integer.toString(vote.options().size()));
            vote.options().forEach(option -> values.add(Integer.toString(option)));
        }
        List<CastVote> sent = List.copyOf(votes);
        RedisFuture<List<Long>> run = connection
                .async()
                .evalsha(script, ScriptOutputType.MULTI, new String[] {VOTES, COUNTERS}, values.toArray(String[]::new));
        CompletionStage<List<Long>> told = run.whenComplete((fresh, failure) -> {
            for (int i = 0; i < sent.size(); i++) {
                if (failure == null) {
                    sent.get(i).counted().complete(fresh.get(i) == 1);
                } else {
                    sent.get(i).counted().completeExceptionally(failure);
                }
            }
        });
        if (waits) {
            told.toCompletableFuture().join();
        }
    }

    @Override
    public Counts counts() {
        long votes = connection.sync().hlen(VOTES);
        Map<String, String> counters = connection.sync().hgetall(COUNTERS);
        List<Long> byOption = new ArrayList<>();
        for (int option = 0; option < options; option++) {
            byOption.add(Long.parseLong(counters.getOrDefault(Integer.toString(option), "0")));
        }
        return new Counts(votes, byOption);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
