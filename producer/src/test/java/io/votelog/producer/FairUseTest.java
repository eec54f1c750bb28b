package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FairUseTest {
    private static final Function<String, List<String>> NO_HEADERS = name -> List.of();
    private static final InetSocketAddress ALICE = new InetSocketAddress("203.0.113.7", 4711);
    private static final InetSocketAddress BOB = new InetSocketAddress("203.0.113.8", 4711);

    private long now = 0;

    @Test
    void shouldSayTheLimitsAndWhatIsLeft() {
        FairUse fairUse = fairUse("10", 100, "1000", 5000);
        assertThat(fairUse.policy()).hasValue("\"user\";q=100;w=10, \"address\";q=5000;w=5");
        fairUse.ofAddress(ALICE, NO_HEADERS);
        assertThat(fairUse.ofUser("alice")).hasValue("\"user\";r=99;t=1");
        for (int i = 0; i < 49; i++) {
            fairUse.ofUser("alice");
        }
        assertThat(fairUse.ofUser("alice")).hasValue("\"user\";r=49;t=6");
        assertThat(fairUse.ofUser("bob")).hasValue("\"user\";r=99;t=1");
        now += Duration.ofSeconds(1).toNanos();
        assertThat(fairUse.ofUser("alice")).hasValue("\"user\";r=58;t=5");
    }

    @Test
    void shouldRefuseAUserWhoSendsMoreThanTheirShare() {
        FairUse fairUse = fairUse("0.2", 2, "1000", 5000);
        fairUse.ofUser("alice");
        assertThat(fairUse.ofUser("alice")).hasValue("\"user\";r=0;t=5");
        Problem problem = refusal(() -> fairUse.ofUser("alice"));
        assertThat(problem.code()).isEqualTo("too-many-requests");
        assertThat(problem.status()).isEqualTo(429);
        assertThat(problem.detail())
                .isEqualTo("this user may send 0.2 requests a second on average, and 2 at once;"
                        + " nothing was recorded. Send the next in 5 s");
        assertThat(problem.more()).containsEntry("limit", "user");
        assertThat(problem.headers())
                .containsEntry("Retry-After", "5")
                .containsEntry("RateLimit", "\"user\";r=0;t=5")
                .containsEntry("RateLimit-Policy", "\"user\";q=2;w=10, \"address\";q=5000;w=5");
        now += Duration.ofSeconds(5).toNanos();
        fairUse.ofUser("alice");
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
                new Limits.Address(BigDecimal.ONE, 1, 64),
                List.of("203.0.113.7"),
                "x-forwarded-for");
        FairUse fairUse = new FairUse(limits, () -> now);
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
        FairUse none = fairUse("0", 1, "0.000", 1);
        for (int i = 0; i < 10; i++) {
            none.ofAddress(ALICE, name -> {
                throw new AssertionError("looked at " + name);
            });
            assertThat(none.ofUser("alice")).isEmpty();
        }
        assertThat(none.policy()).isEmpty();

        FairUse users = fairUse("1", 1, "0", 1);
        users.ofAddress(ALICE, NO_HEADERS);
        users.ofAddress(ALICE, NO_HEADERS);
        assertThat(users.policy()).hasValue("\"user\";q=1;w=1");
        users.ofUser("alice");
        assertThat(refusal(() -> users.ofUser("alice")).headers())
                .containsEntry("RateLimit-Policy", "\"user\";q=1;w=1");
    }

    /** A user's tokens are not an address's, and a refusal takes none. */
    @Test
    void shouldKeepUsersAndAddressesApart() {
        FairUse fairUse = fairUse("1", 1, "1", 3);
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser("alice");
        fairUse.ofAddress(ALICE, NO_HEADERS);
        refusal(() -> fairUse.ofUser("alice"));
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser("bob");
        refusal(() -> fairUse.ofAddress(ALICE, NO_HEADERS));
        now += Duration.ofSeconds(1).toNanos();
        fairUse.ofAddress(ALICE, NO_HEADERS);
        fairUse.ofUser("alice");
    }

    private FairUse fairUse(String userRate, int userBurst, String addressRate, int addressBurst) {
        Limits limits = new Limits(
                new Limits.User(new BigDecimal(userRate), userBurst),
                new Limits.Address(new BigDecimal(addressRate), addressBurst, 64),
                List.of(),
                "X-Forwarded-For");
        return new FairUse(limits, () -> now);
    }

    private static Problem refusal(ThrowingCallable request) {
        Problem[] problem = new Problem[1];
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(ProblemException.class, refused -> problem[0] = refused.problem());
        return problem[0];
    }
}
