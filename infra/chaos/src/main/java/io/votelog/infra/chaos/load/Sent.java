// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * One vote as its voter means it, which is sent once or several times, and what was answered each time. Safe for use by many threads.
 */
public final class Sent {
    private final Key key;
    private final String voter;
    private final boolean named;
    private final Set<String> expected;
    private final List<Answer> answers = new ArrayList<>();

    /**
     * What of a vote stands in the log, whoever sent it.
     *
     * @param choices in the order in which they were sent
     */
    public record Key(String ballotId, UUID voteId, List<String> choices) {
        public Key {
            choices = List.copyOf(choices);
        }
    }

    /**
     * A vote that has not been sent yet.
     *
     * @param voter the user's id
     * @param named whether the vote's id is sent; without it gateways derive it from voter and choices
     * @param expected what its records may come to, as {@link Verdicts} has the words; empty where no gateway may take it
     */
    public Sent(Key key, String voter, boolean named, Set<String> expected) {
        this.key = key;
        this.voter = voter;
        this.named = named;
        this.expected = Set.copyOf(expected);
    }

    public Key key() {
        return key;
    }

    public String voter() {
        return voter;
    }

    boolean named() {
        return named;
    }

    public Set<String> expected() {
        return expected;
    }

    /** It was sent, and this is what the sender knows. */
    public synchronized void answered(Answer answer) {
        answers.add(answer);
    }

    /** One for each time that it was sent. */
    public synchronized List<Answer> answers() {
        return List.copyOf(answers);
    }

    @Override
    public String toString() {
        return "vote %s of %s on %s".formatted(key.voteId(), voter, key.ballotId());
    }
}
