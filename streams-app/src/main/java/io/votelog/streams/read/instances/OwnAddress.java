// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.instances;

import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address at which other instances reach this one, and whether another instance advertises the same. */
public final class OwnAddress {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

    private final HostInfo host;
    private volatile boolean contested;

    /** @param host as other instances are told it */
    public OwnAddress(HostInfo host) {
        this.host = host;
    }

    /** The address at which other instances reach this one. */
    public HostInfo host() {
        return host;
    }

    /** Sets whether another instance advertises this address: then neither can be told from the other, nor be asked by it. */
    public void contested(boolean contested) {
        if (contested && !this.contested) {
            LOG.error("{}", contestedText());
        }
        this.contested = contested;
    }

    /** Whether another instance advertises this address too. */
    public boolean isContested() {
        return contested;
    }

    /** The message for a contested address: what is wrong, and what to do. */
    public String contestedText() {
        return "another instance that counts advertises %s:%d too, so voters that it holds cannot be asked for: give each instance an address of its own that the others reach (votelog.streams.advertised)"
                .formatted(host.host(), host.port());
    }
}
