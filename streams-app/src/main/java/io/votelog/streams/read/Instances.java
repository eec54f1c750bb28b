package io.votelog.streams.read;

import io.votelog.web.limits.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The addresses of the other instances, as Kafka Streams knows them. An instance that asks this one for a client says for whom, and
 * it is believed as a trusted proxy is: else all the clients that come by it would count as one, or a stranger would pass for an
 * instance by a header that anybody can send.
 *
 * <p>Names are looked up beside the requests, since that may take a while; what is known may be some seconds old.
 */
@Component
final class Instances implements DisposableBean {
    private static final long LOOKED_AT_EVERY_SECONDS = 5;

    private final CountingStreams counting;
    private final OwnAddress self;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "votelog-instances");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Set<IpAddress> others = Set.of();

    Instances(CountingStreams counting, OwnAddress self) {
        this.counting = counting;
        this.self = self;
        looking.scheduleWithFixedDelay(this::look, 0, LOOKED_AT_EVERY_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether another instance has this address. */
    boolean isOther(IpAddress address) {
        return others.contains(address);
    }

    private void look() {
        try {
            KafkaStreams streams = counting.current();
            if (streams == null) {
                return;
            }
            Set<IpAddress> found = new HashSet<>();
            for (StreamsMetadata instance : streams.metadataForAllStreamsClients()) {
                if (!instance.hostInfo().equals(self.host())) {
                    add(instance.hostInfo().host(), found);
                }
            }
            others = Set.copyOf(found);
        } catch (IllegalStateException | InvalidStateStoreException notRunning) {
            // While the streams start or stop, what was known before holds.
        }
    }

    private static void add(String host, Set<IpAddress> found) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                found.add(IpAddress.of(address));
            }
        } catch (UnknownHostException unknown) {
            // Nobody can come from there.
        }
    }

    @Override
    public void destroy() {
        looking.shutdownNow();
    }
}
