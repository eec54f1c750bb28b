// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Collects what this JVM logs as an error or with a stack trace, from this object's creation until it is closed. */
public final class LoggedFailures implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy cause = event.getThrowableProxy();
            if (cause != null || event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                failures.add("%s: %s%s"
                        .formatted(
                                event.getLoggerName(),
                                event.getFormattedMessage(),
                                cause == null ? "" : " " + cause.getClassName() + ": " + cause.getMessage()));
            }
        }
    };

    /** Listens from now on, to all loggers. */
    public LoggedFailures() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    /** A line for each such log event, in their order. */
    public List<String> all() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        root.detachAppender(appender);
    }
}
