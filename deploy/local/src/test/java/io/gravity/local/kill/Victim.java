package io.gravity.local.kill;

import io.gravity.local.demo.LocalStack;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.load.Workload;

/** What is killed. Servers are killed with SIGKILL and come back on the same data and port. */
enum Victim {
    TASK_MANAGER {
        @Override
        void kill(LocalStack stack, LocalFlink flink, int taskManager) throws Exception {
            flink.killTaskManager(taskManager);
        }

        @Override
        void bringBack(LocalStack stack, LocalFlink flink) throws Exception {
            flink.startTaskManager();
        }
    },
    TARGET_MYSQL {
        @Override
        void kill(LocalStack stack, LocalFlink flink, int taskManager) {
            stack.warehouse().kill();
        }

        @Override
        void bringBack(LocalStack stack, LocalFlink flink) {
            stack.warehouse().restart();
        }
    },
    TARGET_KAFKA {
        @Override
        void kill(LocalStack stack, LocalFlink flink, int taskManager) {
            stack.kafka().kill();
        }

        @Override
        void bringBack(LocalStack stack, LocalFlink flink) {
            stack.kafka().restart();
        }
    },
    TARGET_CLICKHOUSE {
        @Override
        void kill(LocalStack stack, LocalFlink flink, int taskManager) {
            stack.clickHouse().kill();
        }

        @Override
        void bringBack(LocalStack stack, LocalFlink flink) {
            stack.clickHouse().restart();
        }
    },
    SOURCE_USERS(Workload.USER_MASTER),
    SOURCE_ORDERS(Workload.ORDER_DB),
    SOURCE_LOGS(Workload.LOG_DB);

    private final String source;

    Victim() {
        this(null);
    }

    Victim(String source) {
        this.source = source;
    }

    void kill(LocalStack stack, LocalFlink flink, int taskManager) throws Exception {
        stack.sources().get(source).kill();
    }

    void bringBack(LocalStack stack, LocalFlink flink) throws Exception {
        stack.sources().get(source).restart();
    }
}
