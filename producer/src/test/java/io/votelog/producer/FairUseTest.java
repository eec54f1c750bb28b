package io.votelog.producer;

import static io.votelog.producer.TestTokens.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Picks;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.limits.AddressRange;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.ForwardingHeader;
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
import org.junit.jupiter.api.Test;

class FairUseTest {
    private static final Pseudonym ADA =
            Pseudonym.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final Pseudonym BEA =
            Pseudonym.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17});
    private static final Picks PICKS = Picks.of(0, 30);
    private static final Function<String, List<String>> NO_HEADERS = name -> List.of();
    private static final InetSocketAddress ALICE = new InetSocketAddress("203.0.113.7", 4711);
    private static final InetSocketAddress BOB = new InetSocketAddress("203.0.113.8", 4711);

    private long now = 0;
    private Limits.Votes votes = new Limits.Votes(5, Duration.ofMinutes(10));

    @Test
    void shouldSayTheLimitsAndWhatIsLeft() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        assertThat(fairUse.policy()).hasValue("\"user\";q=100;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000");
        fairUse.ofAddress(ALICE, NO_HEADERS);
        assertThat(fairUse.ofUser(user("alice"))).hasValue("\"user\";r=99;t=1");
        for (int i = 0; i < 49; i++) {
            fairUse.ofUser(user("alice"));
        }
        assertThat(fairUse.ofUser(user("alice"))).hasValue("\"user\";r=49;t=6");
        assertThat(fairUse.ofUser(user("bob"))).hasValue("\"user\";r=99;t=1");
        now += Duration.ofSeconds(1).toNanos();
        assertThat(fairUse.ofUser(user("alice"))).hasValue("\"user\";r=58;t=5");
    }

    @Test
    void shouldRefuseAUserWhoSendsMoreThanTheirShare() {
        FairUse fairUse = fairUse("0.2", 2, "1000", 5000);
        fairUse.ofUser(user("alice"));
        assertThat(fairUse.ofUser(user("alice"))).hasValue("\"user\";r=0;t=5");
        Problem problem = refusal(() -> fairUse.ofUser(user("alice")));
        assertThat(problem.code()).isEqualTo("too-many-requests");
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.detail())
                .isEqualTo("this user may send 0.2 requests a second on average, and 2 at once;"
                        + " nothing was recorded. Send the next in 5 s");
        assertThat(problem.more()).containsEntry("limit", "user");
        assertThat(problem.headers())
                .containsEntry("Retry-After", "5")
                .containsEntry("RateLimit", "\"user\";r=0;t=5")
                .containsEntry("RateLimit-Policy", "\"user\";q=2;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000");
        now += Duration.ofSeconds(5).toNanos();
        fairUse.ofUser(user("alice"));
    }

    @Test
    void shouldRefuseAnAddressThatSendsMoreThanItsShareAndNotNameIt() {
        FairUse fairUse = fairUse("10", 100, "1", 3);
        for (int i = 0; i < 3; i++) {
            fairUse.ofAddress(ALICE, NO_HEADERS);
        }
        Problem problem = refusal(() -> fairUse.ofAddress(ALICE, NO_HEADERS));
        assertThat(problem.headers())
                .containsEntry("Retry-After", "1")
                .containsEntry("RateLimit", "\"address\";r=0;t=1");
        assertThat(problem.more()).containsEntry("limit", "address");
        assertThat(problem
                        + new String(problem.json(), StandardCharsets.UTF_8)
                        + problem.exception().getMessage())
                .contains("1 requests a second on average, and 3 at once")
                .doesNotContain("203.0.113");
        fairUse.ofAddress(BOB, NO_HEADERS);
        now += Duration.ofSeconds(1).toNanos();
        fairUse.ofAddress(ALICE, NO_HEADERS);
    }

    @Test
    void shouldCountWhoIsBehindATrustedProxyByThemselves() {
        Limits limits = new Limits(
                new Limits.User(BigDecimal.TEN, 100),
                new Limits.Address(BigDecimal.ONE, 1),
                new Limits.Votes(5, Duration.ofMinutes(10)));
        ClientAddress clients =
                new ClientAddress(List.of(AddressRange.parse("203.0.113.7")), ForwardingHeader.X_FORWARDED_FOR, 64);
        FairUse fairUse = new FairUse(limits, clients, () -> now);
        for (String client : List.of("198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8:0:1::1")) {
            Function<String, List<String>> headers = name -> List.of("10.0.0.1, " + client);
            fairUse.ofAddress(ALICE, headers);
            refusal(() -> fairUse.ofAddress(ALICE, headers));
        }
        refusal(() -> fairUse.ofAddress(ALICE, name -> List.of("2001:db8::ffff")));
        fairUse.ofAddress(BOB, name -> List.of("198.51.100.1"));
        refusal(() -> fairUse.ofAddress(BOB, name -> List.of("198.51.100.3")));
    }

    @Test
    void shouldLimitNothingThatIsSwitchedOff() {
        votes = new Limits.Votes(1, Duration.ZERO);
        FairUse none = fairUse("0", 1, "0.000", 1);
        for (int i = 0; i < 10; i++) {
            none.ofAddress(ALICE, name -> {
                throw new AssertionError("looked at " + name);
            });
            assertThat(none.ofUser(user("alice"))).isEmpty();
            assertThat(none.ofNewVote(vote(ADA, i), PICKS)).isNull();
        }
        assertThat(none.policy()).isEmpty();

        FairUse users = fairUse("1", 1, "0", 1);
        users.ofAddress(ALICE, NO_HEADERS);
        users.ofAddress(ALICE, NO_HEADERS);
        assertThat(users.policy()).hasValue("\"user\";q=1;w=1");
        users.ofUser(user("alice"));
        assertThat(refusal(() -> users.ofUser(user("alice"))).headers())
                .containsEntry("RateLimit-Policy", "\"user\";q=1;w=1");
    }

    /** A user's tokens are not an address's, and a refusal takes none. */
    @Test
    void shouldKeepUsersAndAddressesApart() {
        FairUse fairUse = fairUse("1", 1, "1", 3);
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser(user("alice"));
        fairUse.ofAddress(ALICE, NO_HEADERS);
        refusal(() -> fairUse.ofUser(user("alice")));
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser(user("bob"));
        refusal(() -> fairUse.ofAddress(ALICE, NO_HEADERS));
        now += Duration.ofSeconds(1).toNanos();
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser(user("alice"));
    }

    @Test
    void shouldTakeAHandfulOfNewVotesAndThenOneNowAndThen() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int id = 0; id < 5; id++) {
            assertThat(fairUse.ofNewVote(vote(ADA, id), PICKS)).isNull();
        }
        Problem refused = fairUse.ofNewVote(vote(ADA, 5), PICKS);
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo("too-many-requests");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.detail())
                .isEqualTo(
                        "this user may cast 5 new votes on a ballot at once, and one in 600 s on average; the same vote may be"
                                + " sent again under its id at any time; nothing was recorded. Send the next in 600 s");
        assertThat(refused.more()).containsEntry("limit", "votes");
        assertThat(refused.headers())
                .containsEntry("Retry-After", "600")
                .containsEntry("RateLimit", "\"votes\";r=0;t=600")
                .containsEntry("RateLimit-Policy", "\"user\";q=100;w=10, \"address\";q=5000;w=5, \"votes\";q=5;w=3000");
        // Another voter, and the same one on another ballot, who has another pseudonym there.
        assertThat(fairUse.ofNewVote(vote(BEA, 5), PICKS)).isNull();
        now += Duration.ofMinutes(10).toNanos();
        assertThat(fairUse.ofNewVote(vote(ADA, 5), PICKS)).isNull();
        assertThat(fairUse.ofNewVote(vote(ADA, 6), PICKS)).isNotNull();
        int taken = 0;
        for (int id = 7; id < 7 + 24 * 60; id++) {
            now += Duration.ofMinutes(1).toNanos();
            taken += fairUse.ofNewVote(vote(ADA, id), PICKS) == null ? 1 : 0;
        }
        assertThat(taken).as("new votes in a day").isEqualTo(144);
    }

    /** The same id with other choices is no retry: the log has to refuse it, and the public turnout shows that. */
    @Test
    void shouldTakeTheSameVoteAgainForNothingAndOtherChoicesNot() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        for (int id = 0; id < 5; id++) {
            assertThat(fairUse.ofNewVote(vote(ADA, id), PICKS)).isNull();
        }
        for (int again = 0; again < 100; again++) {
            assertThat(fairUse.ofNewVote(vote(ADA, again % 5), PICKS)).isNull();
        }
        assertThat(fairUse.ofNewVote(vote(ADA, 0), Picks.of(1, 30))).isNotNull();
        assertThat(fairUse.ofNewVote(vote(ADA, 0), Picks.of(0, 30, 700))).isNotNull();
        // What is refused is not remembered as if it had been taken.
        assertThat(fairUse.ofNewVote(vote(ADA, 5), PICKS)).isNotNull();
        assertThat(fairUse.ofNewVote(vote(ADA, 5), PICKS)).isNotNull();
        // Nor is it charged: the next one comes in its time.
        now += Duration.ofMinutes(10).toNanos();
        assertThat(fairUse.ofNewVote(vote(ADA, 5), PICKS)).isNull();
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
            assertThat(fairUse.ofNewVote(vote, PICKS)).isNull();
            if (i < 1_000) {
                first.add(vote);
                for (int other = 0; other < 4; other++) {
                    fairUse.ofNewVote(new Receipt(vote.voter(), new UUID(4711, other)), PICKS);
                }
            }
        }
        for (Receipt vote : first) {
            assertThat(fairUse.ofNewVote(vote, PICKS)).isNull();
            assertThat(fairUse.ofNewVote(new Receipt(vote.voter(), new UUID(4711, 4)), PICKS))
                    .isNotNull();
        }
    }

    /** It is on the way of every vote. */
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
                refused += fairUse.ofNewVote(receipt, PICKS) == null ? 0 : 1;
            }
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(refused).isLessThan(rounds * votes);
        System.out.printf("a new vote's check: %d ns%n", best / votes);
        // Some 0.1 to 0.2 µs on an idle machine; a busy one gets room.
        assertThat(best / votes).as("ns a vote").isLessThan(2_000);
    }

    private static Receipt vote(Pseudonym voter, int id) {
        return new Receipt(voter, new UUID(4711, id));
    }

    private FairUse fairUse(String userRate, int userBurst, String addressRate, int addressBurst) {
        Limits limits = new Limits(
                new Limits.User(new BigDecimal(userRate), userBurst),
                new Limits.Address(new BigDecimal(addressRate), addressBurst),
                votes);
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
