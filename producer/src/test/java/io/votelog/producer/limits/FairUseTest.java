// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import static io.votelog.producer.auth.TestTokens.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.limits.AddressRange;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.ForwardingHeader;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FairUseTest {
    private static final Pseudonym ADA =
            Pseudonym.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final Pseudonym BEA =
            Pseudonym.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17});
    private static final Function<String, List<String>> NO_HEADERS = name -> List.of();
    private static final InetSocketAddress ALICE = new InetSocketAddress("203.0.113.7", 4711);
    private static final InetSocketAddress BOB = new InetSocketAddress("203.0.113.8", 4711);

    private long now = 0;
    private Limits.Votes votes = new Limits.Votes(5, Duration.ofMinutes(10));
    private Limits.Retries retries = new Limits.Retries(100, Duration.ofMinutes(1));

    @Test
    void shouldSayTheLimitsAndWhatIsLeft() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        assertThat(fairUse.policy())
                .hasValue(
                        "\"user\";q=100;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000, \"retries\";q=100;w=6000");
        fairUse.chargeAddress(ALICE, NO_HEADERS);
        assertThat(fairUse.chargeUser(user("alice"))).hasValue("\"user\";r=99;t=1");
        for (int i = 0; i < 49; i++) {
            fairUse.chargeUser(user("alice"));
        }
        assertThat(fairUse.chargeUser(user("alice"))).hasValue("\"user\";r=49;t=6");
        assertThat(fairUse.chargeUser(user("bob"))).hasValue("\"user\";r=99;t=1");
        now += Duration.ofSeconds(1).toNanos();
        assertThat(fairUse.chargeUser(user("alice"))).hasValue("\"user\";r=58;t=5");
    }

    @Test
    void shouldRefuseAUserWhoSendsMoreThanTheirShare() {
        FairUse fairUse = fairUse("0.2", 2, "1000", 5000);
        fairUse.chargeUser(user("alice"));
        assertThat(fairUse.chargeUser(user("alice"))).hasValue("\"user\";r=0;t=5");
        Problem problem = refusal(() -> fairUse.chargeUser(user("alice")));
        assertThat(problem.code()).isEqualTo("too-many-requests");
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.detail())
                .isEqualTo("this user may send 0.2 requests a second on average, and 2 at once;"
                        + " nothing was recorded. Send the next in 5 s");
        assertThat(problem.more()).containsEntry("limit", "user");
        assertThat(problem.headers())
                .containsEntry("Retry-After", "5")
                .containsEntry("RateLimit", "\"user\";r=0;t=5")
                .containsEntry(
                        "RateLimit-Policy",
                        "\"user\";q=2;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000, \"retries\";q=100;w=6000");
        now += Duration.ofSeconds(5).toNanos();
        fairUse.chargeUser(user("alice"));
    }

    @Test
    void shouldRefuseAnAddressThatSendsMoreThanItsShareAndNotNameIt() {
        FairUse fairUse = fairUse("10", 100, "1", 3);
        for (int i = 0; i < 3; i++) {
            fairUse.chargeAddress(ALICE, NO_HEADERS);
        }
        Problem problem = refusal(() -> fairUse.chargeAddress(ALICE, NO_HEADERS));
        assertThat(problem.headers())
                .containsEntry("Retry-After", "1")
                .containsEntry("RateLimit", "\"address\";r=0;t=1");
        assertThat(problem.more()).containsEntry("limit", "address");
        assertThat(problem
                        + new String(problem.json(), StandardCharsets.UTF_8)
                        + problem.exception().getMessage())
                .contains("1 requests a second on average, and 3 at once")
                .doesNotContain("203.0.113");
        fairUse.chargeAddress(BOB, NO_HEADERS);
        now += Duration.ofSeconds(1).toNanos();
        fairUse.chargeAddress(ALICE, NO_HEADERS);
    }

    @Test
    void shouldCountWhoIsBehindATrustedProxyByThemselves() {
        Limits limits = new Limits(
                new Limits.User(BigDecimal.TEN, 100),
                new Limits.Address(BigDecimal.ONE, 1),
                new Limits.Votes(5, Duration.ofMinutes(10)),
                new Limits.Retries(100, Duration.ofMinutes(1)));
        ClientAddress clients =
                new ClientAddress(List.of(AddressRange.parse("203.0.113.7")), ForwardingHeader.X_FORWARDED_FOR, 64);
        FairUse fairUse = new FairUse(limits, clients, () -> now);
        for (String client : List.of("198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8:0:1::1")) {
            Function<String, List<String>> headers = name -> List.of("10.0.0.1, " + client);
            fairUse.chargeAddress(ALICE, headers);
            refusal(() -> fairUse.chargeAddress(ALICE, headers));
        }
        refusal(() -> fairUse.chargeAddress(ALICE, name -> List.of("2001:db8::ffff")));
        fairUse.chargeAddress(BOB, name -> List.of("198.51.100.1"));
        refusal(() -> fairUse.chargeAddress(BOB, name -> List.of("198.51.100.3")));
    }

    @Test
    void shouldLimitNothingThatIsSwitchedOff() {
        votes = new Limits.Votes(1, Duration.ZERO);
        FairUse none = fairUse("0", 1, "0.000", 1);
        for (int i = 0; i < 10; i++) {
            none.chargeAddress(ALICE, name -> {
                throw new AssertionError("looked at " + name);
            });
            assertThat(none.chargeUser(user("alice"))).isEmpty();
            assertThat(refused(none, vote(ADA, i))).isNull();
            assertThat(none.mayLearnId(ADA)).isTrue();
        }
        assertThat(none.policy()).isEmpty();

        FairUse users = fairUse("1", 1, "0", 1);
        users.chargeAddress(ALICE, NO_HEADERS);
        users.chargeAddress(ALICE, NO_HEADERS);
        assertThat(users.policy()).hasValue("\"user\";q=1;w=1");
        users.chargeUser(user("alice"));
        assertThat(refusal(() -> users.chargeUser(user("alice"))).headers())
                .containsEntry("RateLimit-Policy", "\"user\";q=1;w=1");
    }

    /** Users and addresses have separate tokens, and a refusal takes none. */
    @Test
    void shouldKeepUsersAndAddressesApart() {
        FairUse fairUse = fairUse("1", 1, "1", 3);
        fairUse.chargeAddress(ALICE, NO_HEADERS);
        fairUse.chargeUser(user("alice"));
        fairUse.chargeAddress(ALICE, NO_HEADERS);
        refusal(() -> fairUse.chargeUser(user("alice")));
        fairUse.chargeAddress(ALICE, NO_HEADERS);
        fairUse.chargeUser(user("bob"));
        refusal(() -> fairUse.chargeAddress(ALICE, NO_HEADERS));
        now += Duration.ofSeconds(1).toNanos();
        fairUse.chargeAddress(ALICE, NO_HEADERS);
        fairUse.chargeUser(user("alice"));
    }

    @Test
    void shouldTakeAHandfulOfNewVotesAndThenOneNowAndThen() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int id = 0; id < 5; id++) {
            assertThat(refused(fairUse, vote(ADA, id))).isNull();
        }
        Problem refused = refused(fairUse, vote(ADA, 5));
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo("too-many-requests");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.detail())
                .isEqualTo(
                        "this user may cast 5 new votes on a ballot at once, and one in 600 s on average; a vote that was taken may"
                                + " be sent again under its id; nothing was recorded. Send the next in 600 s");
        assertThat(refused.more()).containsEntry("limit", "votes");
        assertThat(refused.headers())
                .containsEntry("Retry-After", "600")
                .containsEntry("RateLimit", "\"votes\";r=0;t=600")
                .containsEntry(
                        "RateLimit-Policy",
                        "\"user\";q=100;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000, \"retries\";q=100;w=6000");
        // Other buckets: those of another voter, and those of the same user on another ballot, who has another
        // pseudonym there.
        assertThat(refused(fairUse, vote(BEA, 5))).isNull();
        now += Duration.ofMinutes(10).toNanos();
        assertThat(refused(fairUse, vote(ADA, 5))).isNull();
        assertThat(refused(fairUse, vote(ADA, 6))).isNotNull();
        int taken = 0;
        for (int id = 7; id < 7 + 24 * 60; id++) {
            now += Duration.ofMinutes(1).toNanos();
            taken += refused(fairUse, vote(ADA, id)) == null ? 1 : 0;
        }
        assertThat(taken).as("new votes in a day").isEqualTo(144);
    }

    /** A rejected vote that is sent again is counted once more in the public turnout, so repetitions are limited too. */
    @Test
    void shouldTakeVotesThatAreKnownAHundredTimesAndThenOneNowAndThen() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int id = 0; id < 5; id++) {
            assertThat(refused(fairUse, vote(ADA, id))).isNull();
        }
        for (int again = 0; again < 100; again++) {
            assertThat(refused(fairUse, vote(ADA, again % 5))).isNull();
        }
        Problem refused = refused(fairUse, vote(ADA, 0));
        assertThat(refused).isNotNull();
        assertThat(refused.detail())
                .isEqualTo(
                        "this user may send votes on a ballot again, or new ones in vain, 100 times at once, and one in 60 s on"
                                + " average; nothing was recorded. Send the next in 60 s");
        assertThat(refused.more()).containsEntry("limit", "retries");
        assertThat(refused.headers())
                .containsEntry("Retry-After", "60")
                .containsEntry("RateLimit", "\"retries\";r=0;t=60");
        assertThat(refused(fairUse, vote(BEA, 0))).isNull();
        int taken = 0;
        for (int second = 0; second < 24 * 60 * 60; second++) {
            now += Duration.ofSeconds(1).toNanos();
            taken += refused(fairUse, vote(ADA, 1)) == null ? 1 : 0;
        }
        assertThat(taken).as("the same vote in a day").isEqualTo(24 * 60);
        // The bucket of new votes has filled up in that time, and they need no token of the other one.
        assertThat(refused(fairUse, vote(ADA, 5))).isNull();
    }

    /** Right and wrong guesses at an id cost the same, and get the same answer once the tokens are used up. */
    @Test
    void shouldNotTellWhichIdIsKnownWhenNothingIsLeft() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int id = 0; id < 5; id++) {
            refused(fairUse, vote(ADA, id));
        }
        for (int guess = 0; guess < 50; guess++) {
            assertThat(refused(fairUse, vote(ADA, 0))).isNull();
            Problem wrong = refused(fairUse, vote(ADA, 1_000 + guess));
            assertThat(wrong).isNotNull();
            assertThat(wrong.more()).containsEntry("limit", "votes");
        }
        for (int guess = 0; guess < 100; guess++) {
            Problem right = refused(fairUse, vote(ADA, 0));
            Problem wrong = refused(fairUse, vote(ADA, 2_000 + guess));
            assertThat(right).isNotNull();
            assertThat(wrong).isNotNull();
            assertThat(new String(right.json(), StandardCharsets.UTF_8))
                    .isEqualTo(new String(wrong.json(), StandardCharsets.UTF_8));
            assertThat(right.headers()).isEqualTo(wrong.headers());
        }
    }

    /** After the end nothing is appended, so a voter who gets a derived id learns whether a guess was right. */
    @Test
    void shouldTellIdsNoMoreOftenThanNewVotesAreTaken() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        assertThat(refused(fairUse, vote(ADA, 0))).isNull();
        for (int told = 0; told < 4; told++) {
            assertThat(fairUse.mayLearnId(ADA)).isTrue();
        }
        assertThat(fairUse.mayLearnId(ADA)).isFalse();
        assertThat(fairUse.mayLearnId(BEA)).isTrue();
        now += Duration.ofMinutes(10).toNanos();
        assertThat(fairUse.mayLearnId(ADA)).isTrue();
        assertThat(fairUse.mayLearnId(ADA)).isFalse();
    }

    /** A vote for which there was no room is not in the log. */
    @Test
    void shouldGiveBackWhatWasNotAppended() {
        votes = new Limits.Votes(1, Duration.ofMinutes(10));
        retries = new Limits.Retries(1, Duration.ofMinutes(1));
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int again = 0; again < 10; again++) {
            VoterAllowance.Charge charge = fairUse.chargeVote(vote(ADA, 0));
            assertThat(charge).isInstanceOf(VoterAllowance.Charge.New.class);
            fairUse.giveBack(charge);
        }
        assertThat(refused(fairUse, vote(ADA, 0))).isNull();
        for (int again = 0; again < 10; again++) {
            VoterAllowance.Charge charge = fairUse.chargeVote(vote(ADA, 0));
            assertThat(charge).isInstanceOf(VoterAllowance.Charge.Again.class);
            fairUse.giveBack(charge);
        }
        assertThat(refused(fairUse, vote(ADA, 0))).isNull();
        VoterAllowance.Charge none = fairUse.chargeVote(vote(ADA, 0));
        fairUse.giveBack(none);
        assertThat(fairUse.refusal(none)).isNotNull();
        assertThat(refused(fairUse, vote(ADA, 0))).isNotNull();
    }

    @Test
    void shouldTakeKnownVotesWithoutALimitWhereThatIsSwitchedOff() {
        retries = new Limits.Retries(1, Duration.ZERO);
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        assertThat(fairUse.policy().orElseThrow()).endsWith("\"votes\";q=5;w=3000");
        for (int again = 0; again < 1_000; again++) {
            assertThat(refused(fairUse, vote(ADA, again % 5))).isNull();
        }
        assertThat(refused(fairUse, vote(ADA, 5))).isNotNull();
    }

    @Test
    void shouldRememberAVoteThoughManyOthersFollow() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        Random random = new Random(4711);
        List<Receipt> first = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            byte[] voter = new byte[Pseudonym.LENGTH];
            random.nextBytes(voter);
            Receipt vote = new Receipt(Pseudonym.of(voter), new UUID(random.nextLong(), random.nextLong()));
            assertThat(refused(fairUse, vote)).isNull();
            if (i < 1_000) {
                first.add(vote);
                for (int other = 0; other < 4; other++) {
                    refused(fairUse, new Receipt(vote.voter(), new UUID(4711, other)));
                }
            }
        }
        int forgotten = 0;
        for (Receipt vote : first) {
            forgotten += refused(fairUse, vote) == null ? 0 : 1;
            assertThat(refused(fairUse, new Receipt(vote.voter(), new UUID(4711, 4))))
                    .isNotNull();
        }
        // The hash has a random key in each run. A vote is forgotten when eight others fell into its line: of 104,000
        // votes in 65,536 lines that is one in 4,000.
        assertThat(forgotten).isLessThanOrEqualTo(10);
    }

    /** Every vote passes here, so it must be fast. */
    @Test
    void shouldTakeFarLessThanAVoteDoes() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        int rounds = 9;
        int votes = 200_000;
        long best = Long.MAX_VALUE;
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            Receipt[] receipts = new Receipt[votes];
            for (int i = 0; i < votes; i++) {
                byte[] voter = new byte[Pseudonym.LENGTH];
                ByteBuffer.wrap(voter).putInt(round).putInt(i);
                receipts[i] = new Receipt(Pseudonym.of(voter), new UUID(round, i));
            }
            long begun = System.nanoTime();
            for (Receipt receipt : receipts) {
                refused += refused(fairUse, receipt) == null ? 0 : 1;
            }
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(refused).isLessThan(rounds * votes);
        System.out.printf("a new vote's check: %d ns%n", best / votes);
        // Some 0.1 to 0.2 µs on an idle machine; a busy one gets room.
        assertThat(best / votes).as("ns a vote").isLessThan(2_000);
    }

    private static @Nullable Problem refused(FairUse fairUse, Receipt vote) {
        return fairUse.refusal(fairUse.chargeVote(vote));
    }

    private static Receipt vote(Pseudonym voter, int id) {
        return new Receipt(voter, new UUID(4711, id));
    }

    private FairUse fairUse(String userRate, int userBurst, String addressRate, int addressBurst) {
        Limits limits = new Limits(
                new Limits.User(new BigDecimal(userRate), userBurst),
                new Limits.Address(new BigDecimal(addressRate), addressBurst),
                votes,
                retries);
        ClientAddress clients = new ClientAddress(List.of(), ForwardingHeader.X_FORWARDED_FOR, 64);
        return new FairUse(limits, clients, () -> now);
    }

    private static Problem refusal(ThrowingCallable request) {
        Problem[] problem = new Problem[1];
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(ProblemException.class, refused -> problem[0] = refused.problem());
        return problem[0];
    }
}
