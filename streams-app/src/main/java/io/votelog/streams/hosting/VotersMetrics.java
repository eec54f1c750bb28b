// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.streams.topology.voters.OpenStores;

/** How large the stores of voters of this instance are, those that it keeps as a standby included. */
final class VotersMetrics implements MeterBinder {
    private final OpenStores stores;

    VotersMetrics(OpenStores stores) {
        this.stores = stores;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("votelog.voters.rows", stores, OpenStores::voters)
                .description("Voters of whom this instance knows, one for each ballot on which they have voted")
                .register(meters);
        Gauge.builder("votelog.voters.file", stores, OpenStores::bytes)
                .description("The files in which they are")
                .baseUnit("bytes")
                .register(meters);
    }
}
