// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.cluster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.schemas.cluster.Finding;
import io.votelog.schemas.cluster.Finding.Severity;
import io.votelog.schemas.cluster.UnfitLogException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Checks the cluster while an app runs, the first time when it has started: a metric says how much is found, and the log what is found
 * that was not before. Nothing else comes of it; an error stops the next start. While no broker answers, what was found last holds.
 */
public final class ClusterWatch implements MeterBinder, SmartLifecycle {
    /** The time between two checks. */
    private static final Duration EVERY = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    private final Supplier<List<Finding>> check;
    private final ScheduledExecutorService scheduler = WatchThreads.named("votelog-cluster-watch");

    private volatile @Nullable List<Finding> found;
    private volatile boolean running;

    /** @param check asks the cluster; it may block, and fail with an {@link UnfitLogException} */
    public ClusterWatch(Supplier<List<Finding>> check) {
        this.check = check;
    }

    void check() {
        List<Finding> before = found;
        List<Finding> now;
        try {
            now = check.get();
        } catch (UnfitLogException away) {
            LOG.debug("the cluster is not checked this time", away);
            return;
        } catch (RuntimeException e) {
            LOG.warn("the check of the cluster failed, and is made again", e);
            return;
        }
        found = now;
        for (Finding finding : now) {
            if (before == null || !before.contains(finding)) {
                if (finding.isError()) {
                    LOG.error("the next start will be refused: {}", finding.text());
                } else {
                    LOG.warn("{}", finding.text());
                }
            }
        }
        if (before != null) {
            before.stream()
                    .filter(finding -> !now.contains(finding))
                    .forEach(finding -> LOG.info("no longer so: {}", finding.what()));
        }
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (Severity severity : Severity.values()) {
            Gauge.builder("votelog.cluster.findings", this, watch -> watch.count(severity))
                    .description("What of the cluster is not as it must be (error) or as it should be (warning)")
                    .tag("severity", severity.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
    }

    /** NaN, which is no number, until the cluster was checked once. */
    private double count(Severity severity) {
        List<Finding> now = found;
        return now == null
                ? Double.NaN
                : now.stream().filter(finding -> finding.severity() == severity).count();
    }

    @Override
    public void start() {
        running = true;
        scheduler.scheduleWithFixedDelay(this::check, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        scheduler.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
