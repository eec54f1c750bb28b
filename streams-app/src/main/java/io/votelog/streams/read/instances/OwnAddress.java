// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.instances;

import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the other instances call this one, and whether another one is called the same. */
public final class OwnAddress {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

    private final HostInfo host;
    private volatile boolean contested;

    public OwnAddress(HostInfo host) {
        this.host = host;
    }

    public HostInfo host() {
        return host;
    }

    /** Says whether another instance advertises this address: then neither can be told from the other, nor asked by it. */
    public void contested(boolean contested) {
        if (contested && !this.contested) {
            LOG.error("{}", contestedText());
        }
        this.contested = contested;
    }

    public boolean isContested() {
        return contested;
    }

    /** What is wrong with a contested address, and what to do. */
    public String contestedText() {
        return "another instance that counts advertises %s:%d too, so voters that it holds cannot be asked for: give each instance an address of its own that the others reach (votelog.streams.advertised)"
                .formatted(host.host(), host.port());
    }
}
