// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Some readers of one ballot's results, spread over the instances. */
public final class ResultsReaders {
    private static final int READERS = 4;

    private final List<ResultsReader> readers = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "readers");
        thread.setDaemon(true);
        return thread;
    });

    public ResultsReaders(ReadSide readSide, String ballotId, Pulse pulse) {
        for (int number = 0; number < READERS; number++) {
            readers.add(
                    new ResultsReader("reader " + (number + 1), readSide, ballotId, number % readSide.count(), pulse));
        }
    }

    public void start() {
        readers.forEach(ResultsReader::start);
        clock.scheduleAtFixedRate(() -> readers.forEach(ResultsReader::leaveSilence), 1, 1, TimeUnit.SECONDS);
    }

    public List<ResultsReader> all() {
        return List.copyOf(readers);
    }

    /** Ends them, and returns when they have ended. */
    public void end() throws InterruptedException {
        clock.shutdownNow();
        for (ResultsReader reader : readers) {
            reader.end();
        }
    }
}
